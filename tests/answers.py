"""A module that `resonance_core.sources.child` can ask, with all the faults an answer can have."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import resonance_core
from resonance_core.sources.child import MEMORY_BYTES, serve

SCRIPT = "console.log(new Array(3000000).fill(0).map((_, i) => ({ i })).length)"


def never_end() -> None:
    """Look for what is not there, in a way that takes for ever and holds the interpreter's lock."""
    re.match(r"(a|aa)+$", "a" * 100 + "b")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked for."""
    match request["do"]:
        case "echo":
            print("said by the way")
            subprocess.run(["echo", "said by another"], check=True)
            heard = {"heard": request["say"], "core": resonance_core.__file__}
            return {**heard, "folder": str(Path.cwd())}
        case "fail":
            raise RuntimeError("no such luck")
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hoard":
            return {"bytes": len(bytes(MEMORY_BYTES + 1))}
        case "script":
            from yt_dlp.globals import supported_js_runtimes  # slow, and needed here only

            deno = supported_js_runtimes.value["deno"]().info.path
            run = [deno, "run", "--no-remote", "--no-npm", "-"]
            done = subprocess.run(run, input=SCRIPT, capture_output=True, text=True, check=False)
            return {"out": done.stdout, "error": done.stderr}
        case "never end":
            never_end()
        case "start another":
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            never_end()
    raise ValueError(request["do"])


if __name__ == "__main__":
    serve(answer)
