import { readRelayingSite } from './site-queue.js'

/** `newaliases`: aliases are read from their text, so there is nothing to make; a site without alias files has nothing to check either. */
export async function newAliases(config: string): Promise<void> {
  await readRelayingSite(config)
  process.stdout.write('This site has no alias files.\n')
}
