"""The service: REST, WebSocket, page and command line over the other rooms."""
