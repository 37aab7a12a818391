--- What `moongate repl` talks to when it is given no script.
return {}
