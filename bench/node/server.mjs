// The peers on Node: node server.mjs mercurius|yoga DATABASE PORT
//
// The same four root fields as bench/peer.py, by the same SQL, inline with better-sqlite3.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";

const { positionals } = parseArgs({ allowPositionals: true });
const [kind, path, port] = positionals;

const database = new Database(path);
for (const pragma of ["journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY"]) {
  database.pragma(pragma);
}

const typeDefs = `
  enum Status { PENDING IN_PROGRESS SUCCESS FAILED SUPERSEDED }
  enum Health { HEALTHY DEGRADED DOWN UNKNOWN }
  type Target { provider: String! }
  type Environment { name: String! currentVersion: String status: Health! target: Target! }
  type Fraise { name: String! type: String! environments: [Environment!]! }
  type Deployment {
    id: ID!  fraise: String!  environment: String!
    status: Status!  startedAt: String!  newVersion: String
  }
  type DeploymentResult { success: Boolean! deployment: Deployment }
  type Query {
    deployments(limit: Int = 20): [Deployment!]!
    fraises: [Fraise!]!
    status(fraise: String!, environment: String!): Health!
  }
  type Mutation { deploy(fraise: String!, environment: String!): DeploymentResult! }
`;

const deployments = database.prepare(`
  SELECT d.id, d.fraise, d.environment, upper(d.status) AS status,
         coalesce(d.started_at, r.requested_at) AS startedAt, d.new_version AS newVersion
  FROM tb_deployment d JOIN tb_deployment_request r ON r.pk_deployment_request = d.fk_request
  ORDER BY d.pk_deployment DESC LIMIT ?`);
const environments = database.prepare(`
  SELECT f.name AS fraise, upper(f.type) AS type, e.name, s.current_version AS currentVersion,
         upper(s.status) AS status, e.target_provider AS provider
  FROM tb_fraise f
  JOIN tb_environment e ON e.fk_fraise = f.pk_fraise
  JOIN tb_fraise_state s ON s.fk_environment = e.pk_environment
  ORDER BY f.name, e.name`);
const status = database
  .prepare("SELECT upper(status) FROM tb_fraise_state WHERE fraise = ? AND environment = ?")
  .pluck();
const request = database.prepare(
  "INSERT INTO fn_request_deployment (command_id, fraise, environment) VALUES (?, ?, ?)",
);
const answer = database.prepare(`
  SELECT succeeded, json_extract(entity, '$.id') AS id, json_extract(entity, '$.status') AS status
  FROM v_mutation_response WHERE command_id = ?`);
const deploy = database.transaction((fraise, environment) => {
  const command = randomUUID();
  request.run(command, fraise, environment);
  return answer.get(command);
});

function fraises() {
  const found = new Map();
  for (const row of environments.iterate()) {
    if (!found.has(row.fraise)) {
      found.set(row.fraise, { name: row.fraise, type: row.type, environments: [] });
    }
    const { name, currentVersion, status, provider } = row;
    found.get(row.fraise).environments.push({ name, currentVersion, status, target: { provider } });
  }
  return [...found.values()];
}

const resolvers = {
  Query: {
    deployments: (_, { limit }) => deployments.all(limit),
    fraises,
    status: (_, { fraise, environment }) => status.get(fraise, environment),
  },
  Mutation: {
    deploy: (_, { fraise, environment }) => {
      const { succeeded, id, status } = deploy.immediate(fraise, environment);
      const deployment = { id, status, fraise, environment, startedAt: "" };
      return { success: Boolean(succeeded), deployment };
    },
  },
};

async function mercurius() {
  const [{ default: fastify }, { default: plugin }] = await Promise.all([
    import("fastify"),
    import("mercurius"),
  ]);
  const app = fastify();
  app.register(plugin, { schema: typeDefs, resolvers, jit: 1 });
  await app.listen({ port: Number(port), host: "127.0.0.1" });
}

async function yoga() {
  const { createSchema, createYoga } = await import("graphql-yoga");
  const app = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false });
  createServer(app).listen(Number(port), "127.0.0.1");
}

await { mercurius, yoga }[kind]();
