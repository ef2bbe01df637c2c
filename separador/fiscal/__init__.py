"""Bytes in, values out: XML, schemas, signatures. No network, no disk but the schemas, no clock."""
