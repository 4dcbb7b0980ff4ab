"""Jobs over HTTP, from submission to download."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from transpile.api.limits import Limits
from transpile.api.schema import TALLY

BROKEN = TALLY.replace("\tleaq", "\tfrobnicate %rax\n\tleaq")
SCHEMA = json.loads((Path(__file__).parents[2] / "transpile" / "report.schema.json").read_text())


def tar_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def zip_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_job_is_taken_done_and_downloaded(server: Any) -> None:
    response = server.client.post(
        "/v1/jobs",
        json={"to": "riscv", "files": [{"name": "a/tally.s", "source": TALLY}, {"name": "bad.s", "source": BROKEN}]},
    )
    assert response.status_code == 202
    job = response.json()
    assert response.headers["location"] == job["links"]["self"] == f"/v1/jobs/{job['id']}"
    job = server.ended(job["id"])
    assert job["state"] == "done" and job["meets"] is False and job["verdicts"]["proved"] == 1
    assert job["files"] == {
        "total": 2, "queued": 0, "running": 0, "done": 1, "failed": 1, "parked": 0, "cancelled": 0,
    }  # fmt: skip
    files = server.ask("GET", job["links"]["files"])
    good, bad = files["items"]
    assert files["next"] is None and good["outputs"] == ["a/tally.s"] and good["meets"]
    assert (bad["state"], bad["diagnostics"][0]["line"]) == ("failed", 4)

    whole = server.ask("GET", f"{job['links']['files']}/0")
    assert whole["source"] == TALLY and "ret" in whole["text"]
    [block] = server.ask("GET", job["links"]["blocks"])["items"]
    assert (block["id"], block["file"], block["function"], block["verdict"]) == ("0.0", 0, "tally", "proved")
    first, last = block["target_lines"]
    assert "ret" in whole["text"].splitlines()[first - 1 : last][-1]
    assert block["history"] == []
    assert server.ask("GET", f"{job['links']['blocks']}/0.0")["history"]

    output = server.client.get(f"/v1/jobs/{job['id']}/outputs/a/tally.s")
    assert output.text == whole["text"] and output.headers["content-disposition"] == "attachment"
    report = server.ask("GET", f"/v1/jobs/{job['id']}/report.json")
    jsonschema.validate(report, SCHEMA)
    assert report["verdicts"] == job["verdicts"] and [row["file"] for row in report["files"]] == ["a/tally.s", "bad.s"]
    archive = server.client.get(job["links"]["result"])
    assert archive.content == server.client.get(job["links"]["result"]).content
    with tarfile.open(fileobj=io.BytesIO(archive.content)) as opened:
        assert opened.getnames() == ["report.json", "a/tally.s"]
        assert json.load(opened.extractfile("report.json")) == report
        assert opened.extractfile("a/tally.s").read().decode() == whole["text"]
    page = server.client.get(job["links"]["report"])
    assert page.headers["content-type"].startswith("text/html") and "tally" in page.text
    assert "sandbox allow-scripts" in page.headers["content-security-policy"]


FORMS = {
    "application/x-tar": tar_of,
    "application/gzip": lambda files: gzip.compress(tar_of(files)),
    "application/zip": zip_of,
}


@pytest.mark.parametrize("media", FORMS)
def test_an_archive_is_a_job(server: Any, media: str) -> None:
    body = FORMS[media]({"src/tally.s": TALLY.encode(), "src/notes.h": b"#define X\n", "README.md": b"hello"})
    job = server.ask(
        "POST",
        "/v1/jobs",
        params={"to": "aarch64", "options": '{"require": "proved"}'},
        content=body,
        headers={"content-type": media},
    )
    assert job["options"] == {"require": "proved"} and job["files"]["total"] == 1
    assert server.ended(job["id"])["meets"]
    assert dict(server.service.store.file(job["id"], 0).companions) == {
        "src/notes.h": b"#define X\n",
        "README.md": b"hello",
    }


def test_a_form_is_a_job(server: Any) -> None:
    files = [("files", ("a.s", TALLY)), ("files", ("b/c.s", TALLY)), ("files", ("b/c.h", "x"))]
    job = server.ask("POST", "/v1/jobs", data={"to": "riscv", "options": "{}"}, files=files)
    assert [item["name"] for item in server.ask("GET", job["links"]["files"])["items"]] == ["a.s", "b/c.s"]


def test_bytes_that_are_no_text_go_as_base64(server: Any) -> None:
    source = b'\t.ascii "\xff"\n\t.globl f\nf:\tret\n'
    import base64

    files = [{"name": "raw.s", "source_base64": base64.b64encode(source).decode()}]
    job = server.ask("POST", "/v1/jobs", json={"to": "riscv", "files": files})
    server.ended(job["id"])
    whole = server.ask("GET", f"{job['links']['files']}/0")
    assert base64.b64decode(whole["source_base64"]) == source and "\ufffd" in whole["source"]


def test_the_same_key_and_body_give_the_same_job(server: Any) -> None:
    body = {"to": "riscv", "files": [{"name": "a.s", "source": TALLY}]}
    headers = {"Idempotency-Key": "once"}
    first = server.ask("POST", "/v1/jobs", json=body, headers=headers)
    assert server.ask("POST", "/v1/jobs", json=body, headers=headers)["id"] == first["id"]
    assert server.ask("POST", "/v1/jobs", json=body)["id"] != first["id"]
    other = server.client.post("/v1/jobs", json={**body, "to": "aarch64"}, headers=headers)
    assert other.status_code == 422 and other.json()["type"] == "/problems/idempotency"


def test_pages_go_on_where_they_ended(server: Any) -> None:
    job = server.submit(*(f"{n}.s" for n in range(5)))
    server.ended(job["id"])
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = server.ask("GET", job["links"]["files"], params={"limit": 2, **cursor})
        seen += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == ["0.s", "1.s", "2.s", "3.s", "4.s"]
    proved = server.ask("GET", job["links"]["blocks"], params={"verdict": "proved", "file": 3})
    assert [item["id"] for item in proved["items"]] == ["3.0"]
    assert server.ask("GET", job["links"]["blocks"], params={"verdict": "refuted"})["items"] == []
    ids = [one["id"] for one in server.ask("GET", "/v1/jobs")["items"]]
    assert ids == [job["id"]]


def test_a_cancelled_job_stops(server: Any) -> None:
    server.executor.held = True
    job = server.submit("a.s", "b.s", "c.s")
    assert server.client.get(job["links"]["result"]).status_code == 409
    cancelled = server.ask("DELETE", job["links"]["self"])
    server.executor.held = False
    assert cancelled["state"] == "cancelled" and cancelled["files"]["cancelled"] == 3
    assert server.ask("DELETE", job["links"]["self"])["state"] == "cancelled"
    assert server.client.get(job["links"]["result"]).status_code == 200


def events_of(text: str) -> list[tuple[int, str, Any]]:
    found = []
    for part in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in part.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


def test_events_tell_everything_once_and_go_on_after_the_last_seen(server: Any) -> None:
    job = server.submit()
    everything = events_of(server.client.get(job["links"]["events"]).text)
    assert [number for number, _, _ in everything] == list(range(1, len(everything) + 1))
    assert everything[0][1:] == ("state", {"state": "queued"})
    assert everything[-1][1:] == ("end", {"state": "done", "meets": True})
    for number in range(1, len(everything)):
        rest = server.client.get(job["links"]["events"], headers={"Last-Event-ID": str(number)})
        assert events_of(rest.text) == everything[number:]
    over = server.client.get(job["links"]["events"], headers={"Last-Event-ID": str(len(everything))})
    assert over.status_code == 204 and over.content == b""


def test_what_is_not_there_is_a_problem(server: Any) -> None:
    job = server.submit()
    own = job["links"]["self"]
    for path in (
        "/v1/jobs/none", "/v1/jobs/none/events", f"{own}/files/7", f"{own}/blocks/9.9", f"{own}/blocks/x",
        f"{own}/outputs/../../etc/passwd", f"{own}/outputs/none.s", "/v1/nothing", "/problems/none",
    ):  # fmt: skip
        response = server.client.get(path)
        assert response.status_code == 404, path
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == 404 and response.json()["instance"].startswith("/requests/")


WRONG = {
    "no files": ({"to": "riscv", "files": []}, "files"),
    "no target": ({"to": "mips", "files": [{"name": "a.s", "source": ""}]}, "to"),
    "unknown field": ({"to": "riscv", "files": [{"name": "a.s", "source": ""}], "color": 1}, "color"),
    "two texts": ({"to": "riscv", "files": [{"name": "a.s", "source": "", "source_base64": ""}]}, "either source"),
    "no base64": ({"to": "riscv", "files": [{"name": "a.s", "source_base64": "!"}]}, "base64"),
    "a bad name": ({"to": "riscv", "files": [{"name": "../a.s", "source": ""}]}, "'..'"),
    "a name twice": ({"to": "riscv", "files": [{"name": "a.s", "source": ""}] * 2}, "twice"),
    "a companion's name": (
        {"to": "riscv", "files": [{"name": "a.s", "source": ""}], "companions": {"A.s": ""}}, "case alone"),
    "an option": ({"to": "riscv", "files": [{"name": "a.s", "source": ""}], "options": {"speed": 9}}, "speed"),
    "a value": ({"to": "riscv", "files": [{"name": "a.s", "source": ""}], "options": {"seed": "x"}}, "seed"),
    "a model elsewhere": (
        {"to": "riscv", "files": [{"name": "a.s", "source": ""}], "options": {"lm": "openai:m@http://10.0.0.1/v1"}},
        "options.lm"),
    "a webhook": (
        {"to": "riscv", "files": [{"name": "a.s", "source": ""}],
         "webhook": {"url": "file:///etc/passwd", "secret": "x" * 16}}, "webhook.url"),
    "a number as text": ({"to": "riscv", "files": [{"name": 3, "source": ""}]}, "files.0.name"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_makes_no_sense_is_refused_with_the_reason(server: Any, case: str) -> None:
    body, words = WRONG[case]
    response = server.client.post("/v1/jobs", json=body)
    assert response.status_code == 422, response.text
    problem = response.json()
    assert problem["type"] == "/problems/invalid"
    assert words in problem["detail"] + " ".join(row["message"] for row in problem["errors"])
    assert server.ask("GET", "/v1/jobs")["items"] == []


def test_bodies_that_cannot_be_read_are_refused(server: Any) -> None:
    json_type = {"content-type": "application/json"}
    for body in (
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"to": "riscv", "files": [{"name": "a.s", "source": "\\ud800"}]}',
    ):
        response = server.client.post("/v1/jobs", content=body, headers=json_type)
        assert response.status_code in (400, 422), response.text
    other = server.client.post("/v1/jobs", content=b"x", headers={"content-type": "text/plain"})
    assert other.status_code == 415
    assert server.client.post("/v1/jobs", content=b"x").status_code == 415
    form = server.client.post("/v1/jobs", content=b"x", headers={"content-type": "multipart/form-data; boundary=b"})
    assert form.status_code in (400, 422)
    misspelt = server.client.post("/v1/jobs", data={"to": "riscv", "optoins": "{}"}, files={"files": ("a.s", TALLY)})
    assert misspelt.status_code == 422 and "optoins" in misspelt.json()["detail"]
    nothing = server.client.post("/v1/jobs", data={"to": "riscv"}, files={"files": ("a.txt", "hello")})
    assert nothing.status_code == 422 and "None of the 1 files" in nothing.json()["detail"]
    archive = server.client.post(
        "/v1/jobs?to=riscv", content=tar_of({"../a.s": b""}), headers={"content-type": "application/x-tar"}
    )
    assert archive.json()["type"] == "/problems/archive" and archive.json()["errors"][0]["file"] == "../a.s"


LIMITS = {
    "files": (Limits(files=1), {"names": ("a.s", "b.s")}, "/problems/limit"),
    "lines": (Limits(lines=3), {}, "/problems/limit"),
    "file_bytes": (Limits(file_bytes=10), {}, "/problems/limit"),
    "unpacked_bytes": (Limits(unpacked_bytes=10), {}, "/problems/limit"),
    "body_bytes": (Limits(body_bytes=100), {}, "/problems/too-large"),
    "open_files": (Limits(open_files=1), {"names": ("a.s", "b.s")}, "/problems/quota"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_hold(serve: Any, name: str) -> None:
    limits, values, kind = LIMITS[name]
    with serve(limits) as server:
        files = [{"name": file, "source": TALLY} for file in values.get("names", ("a.s",))]
        response = server.client.post("/v1/jobs", json={"to": "riscv", "files": files})
        assert response.json()["type"] == kind and response.status_code == response.json()["status"]


def test_a_report_too_long_for_a_page_is_refused(serve: Any) -> None:
    with serve(Limits(blocks=1)) as server:
        job = server.submit("a.s", "b.s")
        server.ended(job["id"])
        assert server.client.get(job["links"]["report"]).json()["type"] == "/problems/limit"


def test_jobs_a_day_are_bounded(serve: Any) -> None:
    with serve(Limits(jobs=1)) as server:
        server.submit()
        again = server.client.post("/v1/jobs", json={"to": "riscv", "files": [{"name": "b.s", "source": TALLY}]})
        assert again.status_code == 429 and again.headers["retry-after"]


def test_what_needs_a_sandbox_is_refused_without_one(serve: Any) -> None:
    body = {"to": "cuda", "files": [{"name": "a.c", "source": "int f;"}]}
    with serve(sandbox="") as server:
        response = server.client.post("/v1/jobs", json=body)
        assert response.status_code == 503 and "sandbox" in response.json()["detail"]
        directions = server.ask("GET", "/v1/capabilities")["directions"]
        assert {one["to"]: one["available"] for one in directions} == {
            "riscv": True, "aarch64": True, "cuda": False, "python": False,
        }  # fmt: skip
    with serve(sandbox="", unsandboxed=True) as server:
        assert server.client.post("/v1/jobs", json=body).status_code == 202
