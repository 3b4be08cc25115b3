"""The sections of the report, one file each: results in, blocks of the page out."""
