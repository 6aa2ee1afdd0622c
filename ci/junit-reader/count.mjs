// SPDX-License-Identifier: Apache-2.0
// Prints what junit2json (on xml2js, as dorny/test-reporter is) reads from a JUnit file: counts, and one line per case.
import { readFileSync } from 'node:fs'
import { parse } from 'junit2json'

const root = await parse(readFileSync(process.argv[2], 'utf8'))
const cases = root.testsuite.flatMap((suite) => suite.testcase ?? [])
const having = (name) => cases.filter((test) => test[name] !== undefined).length
console.log(JSON.stringify({
  suites: root.testsuite.length,
  tests: cases.length,
  failures: having('failure'),
  errors: having('error'),
  skipped: having('skipped'),
  names: cases.map((test) => `${test.classname} ${test.name}`),
  messages: cases.flatMap((test) => [...(test.failure ?? []), ...(test.error ?? [])]).map((element) => element.message),
}))
