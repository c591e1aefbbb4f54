import { nearest } from '@mailwright/core'
import { SetupError } from '../setup-error.js'

/**
 * Reads one value of a configuration: returns it typed, or throws a {@link SetupError} that begins with the value's
 * path, as in `listeners[2].port`.
 */
export type Shape<T> = (value: unknown, path: string) => T

/** A member that may be left out. */
export interface Optional<T> {
  readonly optional: Shape<T>
}

export function optional<T>(shape: Shape<T>): Optional<T> {
  return { optional: shape }
}

export function text(options: { readonly matches?: RegExp; readonly as?: string } = {}): Shape<string> {
  return (value, path) => {
    if (typeof value !== 'string' || value === '') return wrong(path, value, options.as ?? 'a text')
    if (options.matches !== undefined && !options.matches.test(value))
      return wrong(path, value, options.as ?? 'another text')
    return value
  }
}

export function whole(options: { readonly min: number; readonly max: number }): Shape<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < options.min || value > options.max) {
      return wrong(path, value, `a whole number from ${options.min} to ${options.max}`)
    }
    return value
  }
}

export function oneOf<const T extends string>(words: readonly T[]): Shape<T> {
  return (value, path) => {
    const word = words.find((candidate) => candidate === value)
    if (word !== undefined) return word
    const near = typeof value === 'string' ? nearest(value, words) : undefined
    const hint = near === undefined ? '' : `; did you mean "${near}"?`
    return wrong(path, value, `one of ${words.map((candidate) => `"${candidate}"`).join(', ')}${hint}`)
  }
}

export function list<T>(shape: Shape<T>, options: { readonly atLeast?: number } = {}): Shape<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(path, value, 'a list')
    if (value.length < (options.atLeast ?? 0)) return wrong(path, value, `a list of at least ${options.atLeast}`)
    return value.map((item: unknown, at) => shape(item, `${path}[${at}]`))
  }
}

type Members = { readonly [name: string]: Shape<unknown> | Optional<unknown> }
type Flat<T> = { [K in keyof T]: T[K] }
/** The type of a record of members: optional ones may be absent. */
export type RecordOf<M extends Members> = Flat<
  { readonly [K in keyof M as M[K] extends Optional<unknown> ? never : K]: M[K] extends Shape<infer T> ? T : never } & {
    readonly [K in keyof M as M[K] extends Optional<unknown> ? K : never]?: M[K] extends Optional<infer T> ? T : never
  }
>

/** An object with exactly these members; an unknown one is refused with the nearest right name. */
export function record<const M extends Members>(members: M): Shape<RecordOf<M>> {
  return (value, path) => {
    if (!isObject(value)) return wrong(path, value, 'an object')
    for (const name of Object.keys(value)) {
      if (name in members) continue
      const near = nearest(name, Object.keys(members))
      const hint = near === undefined ? `known here: ${Object.keys(members).join(', ')}` : `did you mean "${near}"?`
      throw new SetupError(`${join(path, name)}: there is no such setting; ${hint}`)
    }
    const result: { [name: string]: unknown } = {}
    for (const [name, member] of Object.entries(members)) {
      const given: unknown = value[name]
      if (typeof member === 'function') {
        if (given === undefined) throw new SetupError(`${join(path, name)}: this setting is missing`)
        result[name] = member(given, join(path, name))
      } else if (given !== undefined) {
        result[name] = member.optional(given, join(path, name))
      }
    }
    // Built member by member from the shapes that the type is computed from.
    return result as RecordOf<M>
  }
}

/** An object whose members are named as one likes, all of one shape. */
export function dictionary<T>(shape: Shape<T>): Shape<{ readonly [name: string]: T }> {
  return (value, path) => {
    if (!isObject(value)) return wrong(path, value, 'an object')
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shape(member, join(path, name))]))
  }
}

/** One of several records, told apart by the word in `kind`. */
export function variants<V extends { readonly [kind: string]: Members }>(
  kinds: V,
): Shape<{ [K in keyof V & string]: { readonly kind: K } & RecordOf<V[K]> }[keyof V & string]> {
  const kindOf = oneOf(Object.keys(kinds))
  return (value, path) => {
    if (!isObject(value)) return wrong(path, value, 'an object')
    const kind = kindOf(value['kind'], join(path, 'kind'))
    const shape = record({ kind: oneOf([kind]), ...kinds[kind] })
    // `kind` chose the members; the union's other variants are excluded by it.
    return shape(value, path) as { [K in keyof V & string]: { readonly kind: K } & RecordOf<V[K]> }[keyof V & string]
  }
}

function wrong(path: string, value: unknown, expected: string): never {
  const shown = value === undefined ? 'nothing' : JSON.stringify(value)
  const short = shown.length > 60 ? `${shown.slice(0, 57)}...` : shown
  throw new SetupError(`${path === '' ? 'the configuration' : path}: ${short} will not do; it must be ${expected}`)
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
