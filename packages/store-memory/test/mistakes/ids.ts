import type { FetchPage, MailStore } from '@mailwright/core'
import type { Mistake } from './mistake.js'

/** What can go wrong with save dates and object ids. */
export const ID_MISTAKES: readonly Mistake[] = [
  {
    title: 'takes the internal date for the save date',
    law: 'saved/of-the-append',
    make: (store) =>
      pages(store, (page, dates) => (page.saveDates === undefined ? page : { ...page, saveDates: dates })),
  },
  {
    title: 'saves nothing anew',
    law: 'saved/of-the-copy',
    make: (store) => {
      let first: number | undefined
      return pages(store, (page) => {
        first ??= page.saveDates?.[0]
        return page.saveDates === undefined ? page : { ...page, saveDates: page.saveDates.map(() => first ?? 0) }
      })
    },
  },
  {
    title: 'counts its messages for email ids',
    law: 'objectid/go-with-copy-and-move',
    make: (store) =>
      pages(store, (page) =>
        page.emailIds === undefined ? page : { ...page, emailIds: Array.from(page.uids, (uid) => `M${uid}`) },
      ),
  },
  {
    title: 'has ids of any form',
    law: 'objectid/have-their-form',
    make: (store) =>
      pages(store, (page) =>
        page.emailIds === undefined ? page : { ...page, emailIds: page.emailIds.map((id) => `<${id}>`) },
      ),
  },
  {
    title: 'has one email id for all',
    law: 'objectid/differ-with-the-content',
    make: (store) =>
      pages(store, (page) =>
        page.emailIds === undefined ? page : { ...page, emailIds: page.emailIds.map(() => 'M') },
      ),
  },
  {
    title: 'has one thread for all',
    law: 'objectid/threads-hold-together',
    make: (store) =>
      pages(store, (page) =>
        page.threadIds === undefined ? page : { ...page, threadIds: page.threadIds.map(() => 'T') },
      ),
  },
  {
    title: 'tells save dates and denies it',
    law: 'saved/of-the-append',
    make: (store) => ({ supports: { ...store.supports, saveDates: false } }),
  },
  {
    title: 'tells object ids and denies it',
    law: 'objectid/have-their-form',
    make: (store) => ({ supports: { ...store.supports, objectIds: false } }),
  },
]

/** The store with its pages changed; `dates` are the internal dates of the page's messages. */
function pages(store: MailStore, change: (page: FetchPage, dates: Float64Array) => FetchPage): Partial<MailStore> {
  return {
    async fetch(args, signal) {
      const page = await store.fetch(args, signal)
      const dated = await store.fetch({ ...args, fields: ['internalDate'] }, signal)
      if (page.kind !== 'page' || dated.kind !== 'page') return page
      return change(page, dated.internalDates ?? new Float64Array())
    },
  }
}
