"""Where rows live: the engine, the tables, the migrations."""
