"""Turns bytes into values: XML, schemas, signatures, certificates.

It opens no connection and reads no clock. From the disk it reads only schemas, its own tables, and authorities for TLS.
"""
