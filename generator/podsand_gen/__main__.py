from podsand_gen.cli import main

if __name__ == "__main__":
    main()
