"""Cart, quote, holds, orders, acceptance, paying, dispatch and delivery."""
