"""Reads an event stream with nothing but Python's standard library: one line of JSON for each message, at once."""
import http.client, io, json, sys, urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(url.netloc)
connection.request("GET", url.path or "/", headers={"Accept": "text/event-stream"})
body = io.TextIOWrapper(connection.getresponse(), encoding="utf-8-sig", errors="replace")
data, event, last_id = [], "", ""
for line in body:
    field, _, value = line.rstrip("\n").partition(":")
    value = value.removeprefix(" ")
    if field == "data": data.append(value)
    elif field == "event": event = value
    elif field == "id" and "\0" not in value: last_id = value
    elif line == "\n":
        if data: print(json.dumps({"event": event, "id": last_id, "data": "\n".join(data)}), flush=True)
        data, event = [], ""
