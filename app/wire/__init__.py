"""The wire format, one file an endpoint: what is asked, what is answered, and how it is written.

Requests are checked with their models, answers only described by them (and tested). What knows the engine's
dataclasses and the JSON both is here and nowhere else.
"""
