import os

import bottle


@bottle.get("/")
def greet():
    return f"uv {os.environ['APP_VERSION']}\n"


bottle.run(host="0.0.0.0", port=int(os.environ["PORT"]), quiet=True)
