"""Papers of a meeting: its agenda gathered from every room, its minutes, its pack; as text, HTML, Word and PDF."""
