"""The register from a spreadsheet that people filled in in Chinese, through the platform's Data Import.

The platform reads choices in English and people by their login, and stops the whole import for one cell that
it cannot read. So a copy of the file is attached in place of what was uploaded, in which every cell is
written as it is stored; what cannot be read stands in the column `import_faults` of its row, and ends there
and nowhere else as the fault of that row (`MediaAccount.find_faults`).
"""

#: field of Media Account, never stored, that brings a row's unreadable cells to where its faults are named
FAULTS = "import_faults"
INSERT = "Insert New Records"
