"""`playground demo`: the simulated providers in the foreground, for scripts of one's own."""

from __future__ import annotations

import json
import subprocess
import sys

from playground import settings

USE = {
    "openai": "OPENAI_BASE_URL",
    "anthropic": "ANTHROPIC_BASE_URL",
    "gemini": "GOOGLE_GEMINI_BASE_URL",
}


def demo(port: int) -> int:
    """Run the demo server until Ctrl+C; exit code 1 and its own sentence when it cannot start."""
    command = [sys.executable, "-m", "playground.demo", "--port", f"{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        try:
            line = server.stdout.readline() if server.stdout else ""
            if not line:
                return 1 if server.wait() else 0
            print(instructions(json.loads(line)["port"]), flush=True)
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            return 0


def instructions(port: int) -> str:
    """How to reach the simulated providers from another terminal."""
    from playground.demo.process import PATHS

    exports = [f"  export {USE[n]}=http://127.0.0.1:{port}{PATHS[n]}" for n in USE]
    keys = [f"  export {settings.PROVIDERS[n].key_variables[0]}=demo" for n in USE]
    return "\n".join(
        [
            f"The simulated providers listen on http://127.0.0.1:{port} until Ctrl+C. Elsewhere:",
            *exports,
            *keys,
            '  playground ask "Why is the sky blue?"',
            "Any key will do. A model named with ~429, ~401, ~529, ~stall, ~cut, ~slow, … fails that way.",
        ]
    )
