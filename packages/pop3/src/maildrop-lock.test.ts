import { accountId } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { LocalMaildropLock } from './maildrop-lock.js'

const robin = accountId('robin')
const mrose = accountId('mrose')

describe('[G5] LocalMaildropLock', () => {
  test('one holder an account; the holder itself gets it only once', async () => {
    const lock = new LocalMaildropLock()
    expect(await lock.lockMaildrop({ account: robin, holder: 'a' })).toEqual({ kind: 'locked' })
    expect(await lock.lockMaildrop({ account: robin, holder: 'b' })).toEqual({ kind: 'inUse' })
    expect(await lock.lockMaildrop({ account: robin, holder: 'a' })).toEqual({ kind: 'inUse' })
    expect(await lock.lockMaildrop({ account: mrose, holder: 'b' })).toEqual({ kind: 'locked' })
  })

  test('only the holder gives it back, and giving back what one has not does nothing', async () => {
    const lock = new LocalMaildropLock()
    await lock.unlockMaildrop({ account: robin, holder: 'a' })
    await lock.lockMaildrop({ account: robin, holder: 'a' })
    await lock.unlockMaildrop({ account: robin, holder: 'b' })
    expect(await lock.lockMaildrop({ account: robin, holder: 'b' })).toEqual({ kind: 'inUse' })
    await lock.unlockMaildrop({ account: robin, holder: 'a' })
    expect(await lock.lockMaildrop({ account: robin, holder: 'b' })).toEqual({ kind: 'locked' })
  })
})
