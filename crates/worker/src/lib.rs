//! What leaves the house: deliveries and mail.
