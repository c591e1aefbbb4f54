const KB = 1_000
const MB = 1_000_000

/**
 * What is measured. `messages` of one run, before `--scale`. A bar says which figure of ours must be what multiple of which peer's:
 * at least for messages a second, at most for CPU.
 */
export const SCENARIOS = [
  {
    name: '1 KB, 20 connections',
    size: KB,
    connections: 20,
    messages: 2_000,
    bars: [
      { ours: 'mailwright', peer: 'smtp-server', figure: 'delivered', atLeast: 1.5 },
      { ours: 'mailwright', peer: 'postfix', figure: 'delivered', atLeast: 2 },
      { ours: 'mailwright', peer: 'smtp-server', figure: 'cpu', atMost: 0.75 },
      { ours: 'mailwright-queue', peer: 'postfix', figure: 'delivered', atLeast: 1 },
    ],
  },
  {
    name: '1 KB, 1 connection',
    size: KB,
    connections: 1,
    messages: 400,
    bars: [{ ours: 'mailwright', peer: 'postfix', figure: 'delivered', atLeast: 1 }],
  },
  {
    name: '1 KB, 20 at a time, a connection each',
    size: KB,
    connections: 20,
    messages: 1_000,
    isAnew: true,
    bars: [{ ours: 'mailwright', peer: 'postfix', figure: 'delivered', atLeast: 1.5 }],
  },
  {
    name: '5 MB, 20 connections',
    size: 5 * MB,
    connections: 20,
    messages: 40,
    bars: [{ ours: 'mailwright', peer: 'postfix', figure: 'delivered', atLeast: 1.5 }],
  },
  { name: '1 KB, 100 connections', size: KB, connections: 100, messages: 2_000, bars: [] },
  { name: '1 KB, 20 connections, 10 mailboxes', size: KB, connections: 20, messages: 2_000, mailboxes: 10, bars: [] },
  { name: '10 KB, 20 connections', size: 10 * KB, connections: 20, messages: 1_500, bars: [] },
  { name: '100 KB, 20 connections', size: 100 * KB, connections: 20, messages: 600, bars: [] },
  { name: '5 MB, 1 connection', size: 5 * MB, connections: 1, messages: 20, bars: [] },
]
