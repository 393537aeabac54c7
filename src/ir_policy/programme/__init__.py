"""The programme: what is practised, reviewed and kept ready in every calendar period, whether or not there is an incident."""
