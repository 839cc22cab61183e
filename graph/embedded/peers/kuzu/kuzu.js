// Events in Kuzu: a node an actor and an event, an edge from agent to target and
// one to what an event responds to. ../README.md says what was tried.
//
//   node kuzu.js load text|numbers DATA DB        prints what it took, as JSON
//   node kuzu.js query text|numbers DATA DB OUT   writes answers and times to OUT
//
// With text a node is its name, such as actor/7; with numbers, the bare 7.
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const kuzu = require('kuzu')

const [, , what, style, data, file, out] = process.argv
const numbers = style === 'numbers'
const memory = 4 * 1024 ** 3

function report (seconds) {
  const status = fs.readFileSync('/proc/self/status', 'utf8')
  const peakKiB = Number(status.match(/VmHWM:\s*(\d+)/)[1])
  console.log(JSON.stringify({ seconds, peakKiB, version: 'Kuzu ' + kuzu.VERSION }))
}

const key = numbers ? 'INT64' : 'STRING'
const schema = [
  `CREATE NODE TABLE Actor(id ${key} PRIMARY KEY)`,
  `CREATE NODE TABLE Event(id ${key} PRIMARY KEY, type STRING, agent ${key}, target ${key}, date DATE, status STRING, place ${key}, kind STRING, topic STRING, passage ${key})`,
  'CREATE REL TABLE Met(FROM Actor TO Actor, date DATE)',
  'CREATE REL TABLE RespondsTo(FROM Event TO Event, MANY_ONE)'
]

// Tables, nodes first, and the files that they are copied from.
const tables = { Actor: 'actor', Event: 'event', Met: 'met', RespondsTo: 'response' }

function load () {
  const start = process.hrtime.bigint()
  for (const old of [file, file + '.wal', file + '.shadow']) fs.rmSync(old, { recursive: true, force: true })
  const connection = new kuzu.Connection(new kuzu.Database(file, memory))
  for (const statement of schema) connection.querySync(statement).close()
  for (const [table, name] of Object.entries(tables)) {
    const csv = path.join(data, `kuzu-${numbers ? 'numbers-' : ''}${name}.csv`)
    connection.querySync(`COPY ${table} FROM '${csv}' (HEADER=false)`).close()
  }
  connection.querySync('CHECKPOINT').close()
  const fd = fs.openSync(file)
  fs.fsyncSync(fd)
  fs.closeSync(fd)
  report(Number(process.hrtime.bigint() - start) / 1e9)
}

const questions = {
  cop: 'MATCH (:Actor {id: $node})-[m:Met]-(a:Actor) WHERE m.date >= $from AND m.date <= $to RETURN DISTINCT a.id AS id',
  chain: 'MATCH (:Event {id: $node})-[:RespondsTo* SHORTEST 1..50]->(e:Event) RETURN e.id AS id',
  answers: 'MATCH (:Event {id: $node})<-[:RespondsTo* SHORTEST 1..50]-(e:Event) RETURN e.id AS id'
}

function query () {
  const connection = new kuzu.Connection(new kuzu.Database(file, memory, true, true), 1)
  connection.querySync('CALL var_length_extend_max_depth=50').close()
  for (const [kind, text] of Object.entries(questions)) {
    const statement = connection.prepareSync(text)
    if (!statement.isSuccess()) throw new Error(statement.getErrorMessage())
    const lines = []
    for (const line of fs.readFileSync(path.join(data, kind + '.txt'), 'utf8').trimEnd().split('\n')) {
      const [name, from, to] = line.split(' ')
      const folder = kind === 'cop' ? 'actor/' : 'event/'
      const start = process.hrtime.bigint()
      const node = numbers ? Number(name.slice(name.indexOf('/') + 1)) : name
      const args = from ? { node, from: new Date(from), to: new Date(to) } : { node }
      const result = connection.executeSync(statement, args)
      const names = result.getAllSync().map(row => numbers ? folder + row.id : row.id)
      result.close()
      lines.push([process.hrtime.bigint() - start, ...names].join(' '))
    }
    fs.writeFileSync(path.join(out, kind + '.answers'), lines.join('\n') + '\n')
  }
  report(0)
}

if (what === 'load') load()
else query()
process.reallyExit(0) // Kuzu 0.11.3 crashes where its objects are cleaned up in the end
