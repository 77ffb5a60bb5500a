const http = require('http');
const express = require('express');
const { ApolloServer } = require('apollo-server-express');

const app = express();
const server = http.createServer(app);
const apollo = new ApolloServer({ typeDefs: 'type Query { version: String }' });

apollo.start().then(() => {
  apollo.applyMiddleware({ app });
  server.listen(4000);
});
