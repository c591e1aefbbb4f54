import { readdirSync, readFileSync } from 'node:fs'

/** Ticks a second of `/proc/<pid>/stat`: 100 on Linux. */
const TICKS = 100

/** What a server's processes use, by `/proc`: those of `pid` and below it. */
export class ProcessMeter {
  #pid

  constructor(pid) {
    this.#pid = pid
  }

  /** Seconds of processor time so far, of processes that ended too. */
  seconds() {
    let ticks = 0
    for (const { own, ended } of this.#tree()) ticks += own + ended
    return ticks / TICKS
  }

  /** Octets that are its own, and its share of what it shares (PSS). */
  memory() {
    let octets = 0
    for (const { pid } of this.#tree()) octets += proportionalSet(pid)
    return octets
  }

  #tree() {
    const processes = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(statOf)
    const found = processes.filter(({ pid }) => pid === this.#pid)
    for (let at = 0; at < found.length; at++) found.push(...processes.filter(({ parent }) => parent === found[at].pid))
    return found
  }
}

function statOf(name) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'latin1')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    return [{ pid: Number(name), parent: fields[1], own: fields[11] + fields[12], ended: fields[13] + fields[14] }]
  } catch {
    // It ended meanwhile.
    return []
  }
}

function proportionalSet(pid) {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0) * 1_024
  } catch {
    return 0
  }
}
