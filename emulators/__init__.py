"""Second opinions: assemblers, Unicorn, qemu, capstone."""
