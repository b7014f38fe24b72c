"""Pictures: charts as data in, PNG bytes out. The only room that knows Pillow; whoever draws imports it then."""
