"""Install the top-level folders as sub-packages of ``transpile``; metadata lives in pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = {
    "transpile.solvers": "solvers",
    "transpile.emulators": "emulators",
    "transpile.api": "api",
    "transpile.corpora": "datasets/corpora",
}

packages = find_packages(include=["transpile", "transpile.*"])
for package, folder in FOLDERS.items():
    packages += [package, *(f"{package}.{child}" for child in find_packages(folder))]

setup(packages=packages, package_dir=FOLDERS)
