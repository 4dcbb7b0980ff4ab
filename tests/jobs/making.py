"""Small jobs, and what might come of them."""

from __future__ import annotations

from transpile.api.jobs import JobStore, Made, NewFile, NewJob, Work


def new_job(*names: str, **more: object) -> NewJob:
    files = tuple(NewFile(name, f"# {name}\n".encode()) for name in names)
    return NewJob("riscv", files, **more)  # type: ignore[arg-type]


def block(label: str, verdict: str = "proved") -> dict[str, object]:
    return {"label": label, "verdict": verdict, "lines": [1, 2], "history": []}


def made(work: Work, *verdicts: str) -> Made:
    blocks = [block(f"b{i}", verdict) for i, verdict in enumerate(verdicts)]
    counts = {word: verdicts.count(word) for word in ("proved", "tested", "refuted", "undecided")}
    row = {
        "file": work.name,
        "target": work.to,
        "meets": not counts["refuted"] and not counts["undecided"],
        "verdicts": counts,
        "yields": [],
        "diagnostics": [],
        "functions": [{"name": "f", "blocks": blocks[:1]}, {"name": "g", "blocks": blocks[1:]}],
    }
    layout = [{"function": "f", "label": "b0", "lines": [3, 4], "successors": ["b1"]}]
    return Made(row, {f"{work.name}.out": work.source + b"!"}, layout)


def claimed(store: JobStore, worker: str = "w") -> Work:
    work = store.claim(worker, 30.0)
    assert work is not None
    return work
