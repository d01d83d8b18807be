"""A process that spends until it is killed: one answer that ends, one that never does. Prints what the first one cost."""

from __future__ import annotations

import json
import time

from playground import runs
from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import Engine


def main() -> None:
    with DemoServer(pace=0) as quick, DemoServer(pace=60) as slow:
        urls = {"openai": quick.base_urls()["openai"], "anthropic": slow.base_urls()["anthropic"]}
        endpoints = {
            name: Endpoint(provider=name, base_url=url, key=Secret("a-key-for-tests"))
            for name, url in urls.items()
        }
        models = ("openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5")
        requests = [Request.ask(ModelRef.parse(model), "What is a token?") for model in models]
        made = runs.start(Engine(), requests, endpoints, keep=False)
        assert isinstance(made, runs.Started)
        while not made.run.lanes[0].ended:
            time.sleep(0.01)
        response = made.run.run().responses[0]
        assert response.cost is not None
        print(json.dumps(str(response.cost.total)), flush=True)
        time.sleep(600)


if __name__ == "__main__":
    main()
