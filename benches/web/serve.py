"""Serves folders to a page on this machine, with the headers that shared memory needs, until the page sends its result.

    python serve.py NAME=FOLDER…

/NAME/ is served from FOLDER, everything else from the folder of this file. The first line printed is the port, the
second one the body that the page posts.
"""

import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

HERE = Path(__file__).parent
FOLDERS = dict(argument.split("=", 1) for argument in sys.argv[1:])


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript", ".mjs": "text/javascript"}

    def translate_path(self, path):
        name = path.split("/")[1]
        self.directory = FOLDERS.get(name, str(HERE))
        return super().translate_path(path[len(name) + 1:] if name in FOLDERS else path)

    def end_headers(self):
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        print(body.decode(), flush=True)
        Thread(target=self.server.shutdown).start()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
