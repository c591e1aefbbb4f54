/** What relay needs of Node: files, sockets, DNS, programs. */
export {}
