"""A worker for towline: asks the web group for its greeting, by the name the registry gives it, and logs what it says."""

import os
import signal
import sys
import time
from urllib.request import urlopen

PAUSE_SECONDS = 2
PATIENCE_SECONDS = 5
WEB_PORT = 6000


def stop(signum, frame):
    """Between two questions nothing is lost."""
    print("worker stops", flush=True)
    sys.exit(0)


def main():
    # Every host knows the domain of its stack: nothing has to be configured.
    namespace = os.environ.get("TOWLINE_NAMESPACE")
    if not namespace:
        sys.exit("worker: TOWLINE_NAMESPACE is not set, so the web group has no name; on a towline host it is")
    address = f"http://web.{namespace}:{WEB_PORT}/"
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    name = os.environ.get("WORKER_NAME", "worker")
    while True:
        try:
            with urlopen(address, timeout=PATIENCE_SECONDS) as reply:
                print(f"{name}: {address} says {reply.read().decode().strip()}", flush=True)
        except OSError as error:
            print(f"{name}: {address} does not answer: {error}", flush=True)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
