"""A private MariaDB: made once, known by a random root password, listening on loopback only."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from devbench import debian
from devbench.files import write_whole
from devbench.instance import Instance
from devbench.process import run
from devbench.progress import StepLine

# MariaDB's own installer leaves an anonymous user, who would be found before a site's user
SECURE = """
FLUSH PRIVILEGES;
DELETE FROM mysql.global_priv WHERE User = '';
DELETE FROM mysql.global_priv WHERE User = 'root' AND Host NOT IN ('localhost', '127.0.0.1');
FLUSH PRIVILEGES;
ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';
ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '{password}';
"""

CONFIG = """[mysqld]
datadir = {data}
tmpdir = {tmp}
socket = {socket}
pid-file = {run}/mariadb.pid
port = {port}
bind-address = 127.0.0.1
skip-name-resolve
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_ci
skip-character-set-client-handshake
innodb-buffer-pool-size = 256M
innodb-log-file-size = 96M
max-allowed-packet = 64M
max-connections = 100
performance-schema = off
"""


def folder(instance: Instance) -> Path:
	"""Return MariaDB's data folder."""
	return instance.data / "mariadb"


def user() -> str:
	"""Return the name of the user that runs everything: MariaDB wants to hear it when that is root."""
	return pwd.getpwuid(os.geteuid()).pw_name


def create(instance: Instance, line: StepLine) -> None:
	"""Make the data folder beside its place and move it there when it is whole."""
	log = instance.logs / "step-database.log"
	new = instance.data / "mariadb.new"
	options = [f"--datadir={new}", f"--tmpdir={make_temporary_folder(instance)}", f"--user={user()}"]
	shutil.rmtree(new, ignore_errors=True)
	shutil.rmtree(folder(instance), ignore_errors=True)
	run(
		[debian.program("mariadb-install-db"), "--no-defaults", *options]
		+ ["--auth-root-authentication-method=normal", "--skip-test-db"],
		log=log,
		instance=instance.folder,
	)
	run(
		[debian.program("mariadbd"), "--no-defaults", "--bootstrap", *options],
		log=log,
		instance=instance.folder,
		stdin=SECURE.format(password=instance.secret("mariadb_root")),
	)
	new.rename(folder(instance))


def make_temporary_folder(instance: Instance) -> Path:
	"""Make MariaDB's own folder for temporary files.

	In a shared one, a server that starts clears away the files of another that is just being installed.
	"""
	temporary = instance.data / "tmp"
	temporary.mkdir(parents=True, exist_ok=True)
	return temporary


def write_config(instance: Instance) -> Path:
	"""Write MariaDB's settings for this instance; return the file."""
	config = instance.run / "mariadb.cnf"
	values = {"data": folder(instance), "run": instance.run, "socket": instance.mariadb_socket}
	values["tmp"] = make_temporary_folder(instance)
	write_whole(config, CONFIG.format(**values, port=instance.port("mariadb")))
	return config


def answers(instance: Instance) -> bool:
	"""Whether the server takes connections with our password, so that it is surely ours."""
	command = [
		debian.program("mariadb"),
		"--no-defaults",
		"--protocol=tcp",
		"--host=127.0.0.1",
		f"--port={instance.port('mariadb')}",
		"--user=root",
		"--execute=select 1",
	]
	password = {"MYSQL_PWD": instance.secret("mariadb_root")}
	return subprocess.run(command, capture_output=True, env=os.environ | password).returncode == 0
