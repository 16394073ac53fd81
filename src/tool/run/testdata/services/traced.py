"""A service in Python that takes part in traces and logs by hand, in OTLP/JSON: no library but Python's own."""

import http.server
import json
import os
import secrets
import signal
import sys
import threading
import time
import urllib.parse
import urllib.request


def settings(name):
    pairs = (pair.split("=", 1) for pair in os.environ.get(name, "").split(",") if "=" in pair)
    return {key: urllib.parse.unquote(value) for key, value in pairs}


RESOURCE = {
    "attributes": [
        {"key": key, "value": {"stringValue": value}}
        for key, value in {
            "service.name": os.environ["OTEL_SERVICE_NAME"],
            **settings("OTEL_RESOURCE_ATTRIBUTES"),
        }.items()
    ]
}


def tell(signal_name, body):
    request = urllib.request.Request(
        f"{os.environ['OTEL_EXPORTER_OTLP_ENDPOINT']}/v1/{signal_name}",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json", **settings("OTEL_EXPORTER_OTLP_HEADERS")},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        answer.read()


def span(trace, parent, name, kind, start, attributes):
    return {
        "traceId": trace,
        "spanId": secrets.token_hex(8),
        "parentSpanId": parent,
        "name": name,
        "kind": kind,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(time.time_ns()),
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
    }


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        _, trace, caller, flags = self.headers.get("traceparent", "00-0-0-00").split("-")
        start = time.time_ns()
        own = secrets.token_hex(8)
        call = secrets.token_hex(8)
        url = os.environ["API_URL"] + self.path
        asked = urllib.request.Request(url, headers={"traceparent": f"00-{trace}-{call}-{flags}"})
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if flags != "01":
            return
        address = urllib.parse.urlparse(url)
        client = span(trace, own, "GET", 3, start, {"server.address": address.hostname})
        client["spanId"] = call
        client["attributes"].append({"key": "server.port", "value": {"intValue": str(address.port)}})
        server = span(trace, caller, f"GET {self.path}", 2, start, {"url.path": self.path})
        server["spanId"] = own
        tell("traces", {"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [{"spans": [client, server]}]}]})
        entry = {
            "timeUnixNano": str(time.time_ns()),
            "severityNumber": 9,
            "body": {"stringValue": f"asked for {self.path}"},
            "traceId": trace,
            "spanId": own,
        }
        tell("logs", {"resourceLogs": [{"resource": RESOURCE, "scopeLogs": [{"logRecords": [entry]}]}]})


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
sys.exit(0)
