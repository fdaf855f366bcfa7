"""What can be said of a ZIP that somebody brings before anything of it is unpacked."""

from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile


def keeps_to_its_sizes(archive: ZipFile) -> bool:
	"""Tell whether no member of an archive can unpack to more than the archive says it holds.

	Of what Office writes Python reads no more than that; what is packed otherwise it unpacks whole first.
	"""
	return all(member.compress_type in (ZIP_STORED, ZIP_DEFLATED) for member in archive.infolist())
