"""A small web app for towline: greets with its version, answers health checks, and leaves no request unanswered."""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# 500 makes a version that its health check refuses.
HEALTH_STATUS = 200

FIRST_REQUEST_SECONDS = 1

VERSION = os.environ.get("APP_VERSION", "development")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Head and body leave in one segment.
    wbufsize = -1
    # Seconds an idle connection is kept.
    timeout = 60

    def do_GET(self):
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            # The body stays unread and must not be taken for the next request.
            self.close_connection = True
        if self.path == "/":
            self.answer(200, f"hello {VERSION}\n")
        elif self.path == "/health":
            self.answer(HEALTH_STATUS, "ok" if HEALTH_STATUS == 200 else "broken")
        else:
            self.answer(404, "not found\n")

    do_HEAD = do_GET

    def answer(self, status, text):
        body = text.encode()
        if self.server.stopping:
            self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.server.answered(self.connection)

    def log_request(self, code="-", size="-"):
        if self.path != "/health":
            super().log_request(code, size)


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    # Closing the server waits for the answers under way.
    daemon_threads = False

    def __init__(self, address, passed=None):
        super().__init__(address, Handler, bind_and_activate=passed is None)
        if passed is not None:
            self.socket.close()
            self.socket = passed
            # Another instance may take the connection that this one was woken for.
            self.socket.setblocking(False)
        self.passed = passed is not None
        self.stopping = False
        self.connections = set()
        # Those among them that have had no answer yet.
        self.unanswered = set()
        self.lock = threading.Lock()

    def process_request(self, request, client_address):
        with self.lock:
            self.connections.add(request)
            self.unanswered.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self.lock:
            self.connections.discard(request)
            self.unanswered.discard(request)
        super().shutdown_request(request)

    def answered(self, request):
        with self.lock:
            self.unanswered.discard(request)

    def handle_error(self, request, client_address):
        # A client that hangs up, as health checks do, is no fault of ours.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def stop(self):
        """Ends serve_forever; called from a signal handler, where waiting for that would never end."""
        self.stopping = True
        threading.Thread(target=self.shutdown).start()

    def drain(self):
        """Answers what was asked before the end, then lets every connection go."""
        if not self.passed:
            # Connections the kernel took for us that serve_forever has not seen yet; in a socket that stays open they
            # wait for the next process.
            self.socket.setblocking(False)
            while self.handle_one_waiting():
                pass
        self.socket.close()
        # The first request of a connection just made may be on its way.
        patience = time.monotonic() + FIRST_REQUEST_SECONDS
        while self.unanswered and time.monotonic() < patience:
            time.sleep(0.01)
        with self.lock:
            # Requests already received can still be read; an idle connection reads its end.
            for connection in self.connections:
                # The client may have gone in the meantime.
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
        self.server_close()

    def handle_one_waiting(self):
        try:
            request, address = self.get_request()
        except BlockingIOError:
            return False
        request.setblocking(True)
        self.process_request(request, address)
        return True


def passed_socket():
    """The socket that systemd listens on for this process (sd_listen_fds(3)), or None."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        return None
    return socket.socket(fileno=3)


def main():
    server = Server(("", int(os.environ.get("PORT", "6000"))), passed_socket())
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    signal.signal(signal.SIGINT, lambda *_: server.stop())
    print(f"hello {VERSION} listens on port {server.socket.getsockname()[1]}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.drain()


if __name__ == "__main__":
    main()
