"""Analyses of activations: what do a model's layers tell apart, and which music is alike to it?"""
