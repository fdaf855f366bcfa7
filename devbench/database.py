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

RESTORE = """
DROP DATABASE IF EXISTS `{database}`;
CREATE DATABASE `{database}`;
DROP USER IF EXISTS '{database}'@'%';
CREATE USER '{database}'@'%' IDENTIFIED BY '{password}';
GRANT ALL PRIVILEGES ON `{database}`.* TO '{database}'@'%';
USE `{database}`;
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
# a commit is in the kernel's hands at once and on the disk within a second: no transaction is lost when a
# process is killed, and none waits for the disk
innodb-flush-log-at-trx-commit = 2
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
	command, password = _as_root(instance, "mariadb")
	command.append("--execute=select 1")
	return subprocess.run(command, capture_output=True, env=os.environ | password).returncode == 0


def dump(instance: Instance, database: str, file: Path, log: Path) -> None:
	"""Write a database to `file`, as SQL."""
	command, password = _as_root(instance, "mariadb-dump")
	options = ["--single-transaction", "--routines", f"--result-file={file}"]
	run([*command, *options, database], log=log, instance=instance.folder, env=password)


def load(instance: Instance, database: str, password: str, file: Path, log: Path) -> None:
	"""Make a database anew of what `dump` wrote, with a user of the same name who may do anything in it."""
	command, root_password = _as_root(instance, "mariadb")
	sql = RESTORE.format(database=database, password=password) + file.read_text()
	run(command, log=log, instance=instance.folder, env=root_password, stdin=sql)


def _as_root(instance: Instance, program: str) -> tuple[list[str | Path], dict[str, str]]:
	"""Return the command line of a client program as root, and the environment that holds the password."""
	command = [
		debian.program(program),
		"--no-defaults",
		"--protocol=tcp",
		"--host=127.0.0.1",
		f"--port={instance.port('mariadb')}",
		"--user=root",
	]
	return command, {"MYSQL_PWD": instance.secret("mariadb_root")}
