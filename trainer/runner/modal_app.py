"""Starts the command of a job on Modal; all else is in trainer/src/runner/modal-machine.ts.

Settings come as environment variables D_PERSONA_* at `modal run`; values of secrets never pass through here.
"""

import json
import os
import pathlib
import subprocess

import modal

HERE = pathlib.Path(__file__).parent
TIMED_OUT = 124
STOP_SECONDS = 25


def setting(name: str, default: str) -> str:
    return os.environ.get(f"D_PERSONA_{name}") or default


app = modal.App("d-persona")
volume = modal.Volume.from_name(setting("VOLUME", "d-persona-jobs"), create_if_missing=True)
claims = modal.Dict.from_name("d-persona-claims", create_if_missing=True)
# In the container this file stands alone, and the image is no longer needed.
local = (HERE / "Dockerfile").exists()
image = modal.Image.from_dockerfile(HERE / "Dockerfile", context_dir=HERE.parents[1]) if local else modal.Image.debian_slim()


@app.function(
    image=image,
    gpu=setting("GPU", "") or None,
    cpu=float(setting("CPUS", "2")),
    memory=int(setting("MEMORY_MIB", "8192")),
    timeout=int(setting("TIMEOUT", "3600")) + 120,
    volumes={"/jobs": volume},
    secrets=[modal.Secret.from_name(name) for name in setting("SECRETS", "").split(",") if name],
)
def work(job: str, attempt: int, seconds: int) -> None:
    """One attempt. Modal calls it again after a preemption: the command resumes from what the volume has."""
    folder = pathlib.Path("/jobs") / job
    run = folder / ".run" / f"attempt-{attempt}"
    run.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(json.loads((folder / "job.json").read_text())["command"], cwd=folder)
    try:
        code = process.wait(seconds)
    except (subprocess.TimeoutExpired, KeyboardInterrupt) as reason:
        process.terminate()
        process.wait(STOP_SECONDS)
        volume.commit()
        if isinstance(reason, KeyboardInterrupt):
            raise
        code = TIMED_OUT
    (run / "exit").write_text(str(code if code >= 0 else 128 - code))
    volume.commit()


@app.local_entrypoint()
def start(job: str, attempt: int) -> None:
    """Spawns an attempt unless one was, and says under which app it runs. The claim comes first: better none than two."""
    claim = f"{job}/{attempt}"
    if claims.put(claim, {"app": app.app_id, "call": ""}, skip_if_exists=True):
        call = work.spawn(job, attempt, int(setting("TIMEOUT", "3600")))
        claims.put(claim, {"app": app.app_id, "call": call.object_id})
    print("d-persona-started", json.dumps(claims[claim]))
