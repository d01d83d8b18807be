"""`playground demo`: the simulated providers in the foreground, for scripts of one's own."""

from __future__ import annotations

import json
import subprocess
import sys

from playground.domain.provider import built_in


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
    root = f"http://127.0.0.1:{port}"
    exports = [f"  export {row.base_url_variable}={root}{row.demo_path}" for row in built_in()]
    keys = [f"  export {row.key_variables[0]}=demo" for row in built_in()]
    return "\n".join(
        [
            f"The simulated providers listen on {root} until Ctrl+C. Elsewhere:",
            *exports,
            *keys,
            '  playground ask "Why is the sky blue?"',
            "Any key will do. A model named with ~429, ~401, ~529, ~stall, ~cut, ~slow, … fails that way.",
        ]
    )
