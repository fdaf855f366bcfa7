"""The bench's servers: on loopback alone, at one address."""

import json
from pathlib import Path

from nmedia_app.tests.e2e.desk import ADDRESS, BENCH, Desk

LISTENING = "0A"
LOOPBACK = "0100007F"  # 127.0.0.1 as /proc/net/tcp writes it


def listeners() -> list[tuple[str, int]]:
	"""Return address and port of every listening TCP socket of this machine."""
	rows = [
		line.split()
		for table in ("tcp", "tcp6")
		for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
	]
	sockets = [row[1].rsplit(":", 1) for row in rows if row[3] == LISTENING]
	return [(address, int(port, 16)) for address, port in sockets]


def test_every_server_listens_on_the_loopback_interface_only():
	ports = set(json.loads((BENCH.parent / "ports.json").read_text()).values())
	ours = [(address, port) for address, port in listeners() if port in ports]
	assert len(ours) >= 6, ours
	assert {address for address, _ in ours} == {LOOPBACK}


def test_site_and_realtime_share_one_address(as_user):
	desk: Desk = as_user("editor@nmedia.example")
	desk.page.wait_for_function("() => frappe.realtime.socket.connected")
	assert desk.page.evaluate("frappe.realtime.socket.io.uri").startswith(ADDRESS)
