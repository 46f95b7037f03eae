// On loopback only, at a free port: CAP itself would listen on every interface.
const cds = require('@sap/cds')
const express = require('express')
const http = require('node:http')

module.exports = options => {
  const app = express()
  const server = http.createServer(app)
  server.keepAliveTimeout = 600_000 // no connection ends just as somebody asks
  app.listen = () => server.listen(0, '127.0.0.1')
  return cds.server({...options, app})
}
