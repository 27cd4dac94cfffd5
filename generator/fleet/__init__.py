"""Many homes: the analysis of one home, mapped over homes on Dask. An extra that one home never needs."""
