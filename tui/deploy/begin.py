"""Where a built program begins: `fairstart`, or one of the processes that open responses at the office beside it."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()  # ends here in such a process, before all that the program needs is imported

    from tui.cli.main import main

    main()
