"""Dumps of releases: what is in them, and that they tell no more than that."""

import io
import tarfile

from devbench import releases


def test_every_kept_dump_holds_a_database_and_uploads():
	assert releases.kept()
	for version in releases.kept():
		with tarfile.open(releases.dump_of(version)) as packed:
			names = packed.getnames()
		assert releases.DATABASE in names
		assert any(name.startswith("private/files/") for name in names)


def test_same_site_gives_the_same_dump(tmp_path):
	for number, site in enumerate((tmp_path / "one", tmp_path / "other")):
		(site / "private" / "files").mkdir(parents=True)
		(site / "private" / "files" / "通知.txt").write_text("维护时间：周日。")
		(site / "private" / "files" / "通知.txt").touch(mode=0o600 + number)
	packed = [releases._pack(b"create table t", tmp_path / name) for name in ("one", "other")]
	assert packed[0] == packed[1]
	with tarfile.open(fileobj=io.BytesIO(packed[0])) as opened:
		assert opened.getnames() == ["database.sql", "private/files/通知.txt"]
		assert {(entry.uname, entry.mtime) for entry in opened} == {("", 0)}
