"""What is written during an incident: texts to send, the channel's name, the card on the board, the list of what is kept."""
